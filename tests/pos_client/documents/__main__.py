"""Writes what the documents say now into `golden`; look at the difference before it is kept."""

from domain.wording import Language
from tests.pos_client.documents.samples import documents
from tests.pos_client.documents.test_documents import GOLDEN, said

if __name__ == "__main__":
    GOLDEN.mkdir(exist_ok=True)
    for language in Language:
        for name, document in documents(language).items():
            (GOLDEN / f"{name}.{language}.txt").write_text(said(document), encoding="utf-8")
