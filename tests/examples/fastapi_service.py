"""A webhook for fine-tuning jobs with FastAPI: `uvicorn --app-dir tests/examples fastapi_service:app`."""

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse

import ftschema

MOST_BYTES = 1_000_000

app = FastAPI()


@app.post("/jobs", status_code=202)
async def take_job(request: Request) -> dict[str, str]:
    """Take the job that is the body of a request."""
    body = bytearray()
    size = 0
    # Read to the end: a client that is cut off while it sends may not see the answer.
    async for chunk in request.stream():
        size += len(chunk)
        if size <= MOST_BYTES:
            body += chunk
    if size > MOST_BYTES:
        raise HTTPException(413)
    job = ftschema.loads(bytes(body))
    return {"id": job.id, "status": job.status}


@app.exception_handler(ftschema.InvalidJobError)
async def refuse(_: Request, error: ftschema.InvalidJobError) -> JSONResponse:
    """Answer what is no job with 422, or what is no JSON with 400, and the places (RFC 9457)."""
    details = ftschema.problem_details(error.report)
    return JSONResponse(details, details["status"], media_type="application/problem+json")
