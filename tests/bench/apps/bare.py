"""The floor: hello world on FastAPI and Mangum, as in their READMEs."""

from fastapi import FastAPI
from mangum import Mangum

app = FastAPI()


@app.get("/hello")
async def hello() -> dict[str, str]:
    """Says hello."""
    return {"message": "Hello World"}


handler = Mangum(app, lifespan="off")
