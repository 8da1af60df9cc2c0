"""Files of reports and of models outlive the stack: the emulator keeps its buckets on disk, and each deploy's new ones get
the old ones'."""

from infra.local import emulator

KEPT = ("reports/", "models/")  # what is below work/ belongs to reports that were being made


def move_files(bucket: str, port: int) -> int:
    """Move the files from the buckets of earlier deploys into this one; how many. The old buckets are deleted."""
    s3 = emulator.client("s3", port, s3={"addressing_style": "path"})
    kind = bucket.rpartition("-")[0]
    earlier = [each["Name"] for each in s3.list_buckets()["Buckets"] if each["Name"].rpartition("-")[0] == kind]
    moved = 0
    for old in earlier:
        if old == bucket:
            continue
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=old):
            for found in page.get("Contents", []):
                if found["Key"].startswith(KEPT):
                    s3.copy_object(Bucket=bucket, Key=found["Key"], CopySource={"Bucket": old, "Key": found["Key"]})
                    moved += 1
                s3.delete_object(Bucket=old, Key=found["Key"])
        s3.delete_bucket(Bucket=old)
    return moved
