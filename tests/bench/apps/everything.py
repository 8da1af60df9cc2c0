"""The same hello world with all that the query function may ever use imported at module level, and the clients made."""

import boto3
import jwt  # noqa: F401
import psycopg  # noqa: F401
import rapidfuzz.process  # noqa: F401
from fastapi import FastAPI
from mangum import Mangum
from openai import OpenAI

sqs = boto3.client("sqs")
secrets = boto3.client("secretsmanager")
language_model = OpenAI(timeout=20, max_retries=2)
app = FastAPI()


@app.get("/hello")
async def hello() -> dict[str, str]:
    """Says hello."""
    return {"message": "Hello World"}


handler = Mangum(app, lifespan="off")
