"""S3. boto3 is imported when the first object is read or written."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from cafe_ai.errors import DependencyDown, NotFound
from cafe_ai.platform import tracing
from cafe_ai.platform.queue import one_at_a_time

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import ObjectIdentifierTypeDef

CONNECT_SECONDS = 1.0
READ_SECONDS = 10.0
ATTEMPTS = 3
DELETED_AT_ONCE = 1000  # S3's limit


class ObjectStore:
    """One bucket. Writing an object again replaces it, whole or not at all."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Keeps an object. Raises DependencyDown where S3 does not take it."""
        from botocore.exceptions import BotoCoreError, ClientError

        with _calling("PutObject"):
            try:
                self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType=content_type)
            except (BotoCoreError, ClientError) as error:
                raise DependencyDown("storage") from error

    def put_new(self, key: str, body: bytes, content_type: str) -> bool:
        """Keeps an object where there is none of that key; False where there is one: of several callers one is told True.

        An attempt whose answer is lost may have been kept by S3: then False is told although nobody else was here. Raises
        DependencyDown.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        with _calling("PutObject"):
            try:
                self._client.put_object(
                    Bucket=self._bucket, Key=key, Body=body, ContentType=content_type, IfNoneMatch="*"
                )
            except ClientError as error:
                if error.response["Error"]["Code"] == "PreconditionFailed":
                    return False
                raise DependencyDown("storage") from error
            except BotoCoreError as error:
                raise DependencyDown("storage") from error
        return True

    def get(self, key: str) -> bytes:
        """The object. Raises NotFound where there is none, DependencyDown where S3 does not answer."""
        from botocore.exceptions import BotoCoreError, ClientError

        with _calling("GetObject"):
            try:
                return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchKey":
                    raise NotFound("The file is not there any more.") from error
                raise DependencyDown("storage") from error
            except BotoCoreError as error:
                raise DependencyDown("storage") from error

    def link(self, key: str, seconds: int, filename: str | None = None) -> str:
        """An address from which anyone who has it may read the object for so many seconds.

        It is signed with the function's own credentials and ends with them at the latest, after hours rather than days. With
        a filename browsers save the object under it. No call is made.
        """
        parameters = {"Bucket": self._bucket, "Key": key}
        if filename is not None:
            parameters["ResponseContentDisposition"] = f'attachment; filename="{filename}"'
        return self._client.generate_presigned_url("get_object", Params=parameters, ExpiresIn=seconds)

    def delete_under(self, prefix: str) -> int:
        """Deletes all objects whose key begins so; how many there were. Raises DependencyDown."""
        from botocore.exceptions import BotoCoreError, ClientError

        deleted = 0
        try:
            while found := self._client.list_objects_v2(
                Bucket=self._bucket, Prefix=prefix, MaxKeys=DELETED_AT_ONCE
            ).get("Contents"):
                keys: list[ObjectIdentifierTypeDef] = [{"Key": each["Key"]} for each in found]
                self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": keys, "Quiet": True})
                deleted += len(keys)
        except (BotoCoreError, ClientError) as error:
            raise DependencyDown("storage") from error
        return deleted

    @cached_property
    def _client(self) -> S3Client:
        import boto3
        from botocore.config import Config

        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
            signature_version="s3v4",
            s3={"addressing_style": "path"},
        )
        with one_at_a_time:
            client: S3Client = boto3.client("s3", config=config)
        return client


def _calling(operation: str) -> tracing.Span:
    """The span of a call; the key stays out of it, as it names the business."""
    return tracing.span(
        f"S3/{operation}", tracing.Kind.CLIENT, {"rpc.method": f"S3/{operation}", "rpc.system.name": "aws-api"}
    )
