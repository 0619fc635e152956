"""A webhook for fine-tuning jobs with FastAPI: `uvicorn --app-dir tests/examples fastapi_service:app`."""

from typing import Annotated

from fastapi import Body, FastAPI

import ftschema

app = FastAPI(max_body_size=1_000_000)
ftschema.add_problem_handler(app)


@app.post("/jobs", status_code=202, responses=ftschema.problem_responses())
def take_job(job: Annotated[ftschema.FineTuningJob, Body()]) -> dict[str, str]:
    """Take the job that is the body of a request."""
    return {"id": job.id, "status": job.status}
