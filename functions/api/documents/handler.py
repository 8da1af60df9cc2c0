"""/api/v1/ai/documents: what a business wants to be found is written, removed, searched and listed."""

from cafe_ai.bootstrap import runtime
from cafe_ai.catalogue import documents
from cafe_ai.catalogue.documents import READ, WRITE
from cafe_ai.catalogue.schemas import BusinessId, DocumentBody, DocumentRequest, Documents, Id, Limit, Skip, Text
from cafe_ai.errors import DocumentNotFound
from cafe_ai.http import Caller, create_app, declares, lambda_handler

app, PATH = create_app(), "/api/v1/ai/documents"


@app.put(PATH + "/{document_id}", responses=declares())
async def put_document(document_id: Id, business_id: BusinessId, body: DocumentRequest, caller: Caller) -> DocumentBody:
    member = caller.admit(business_id, "documents", needs=WRITE)
    return DocumentBody.of(documents.put(runtime(), member, body.document(document_id)))


@app.delete(PATH + "/{document_id}", status_code=204, responses=declares(DocumentNotFound))
async def delete_document(document_id: Id, business_id: BusinessId, caller: Caller) -> None:
    documents.delete(runtime(), caller.admit(business_id, "documents", needs=WRITE), document_id)


@app.get(PATH, name="find_documents", responses=declares())
async def find(caller: Caller, business_id: BusinessId, q: Text = None, skip: Skip = 0, limit: Limit = 20) -> Documents:
    member = caller.admit(business_id, "documents", needs=READ)
    return Documents.of(documents.find(runtime(), member, q, skip=skip, limit=limit))


handler = lambda_handler(app)
