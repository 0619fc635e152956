"""A webhook for fine-tuning jobs with Flask: `flask --app tests/examples/flask_service.py run`."""

from typing import Any

from flask import Flask, abort, request

import ftschema

MOST_BYTES = 1_000_000

app = Flask(__name__)
# One more than the most, because a body in chunks is cut off there without a word (werkzeug 3.1: tried).
app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES + 1


@app.post("/jobs")
def take_job() -> tuple[dict[str, str], int]:
    """Take the job that is the body of a request."""
    body = request.get_data()
    if len(body) > MOST_BYTES:
        abort(413)
    job = ftschema.loads(body)
    return {"id": job.id, "status": job.status}, 202


@app.errorhandler(ftschema.InvalidJobError)
def refuse(error: ftschema.InvalidJobError) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Answer what is no job with 422, or what is no JSON with 400, and the places (RFC 9457)."""
    details = ftschema.problem_details(error.report)
    return details, details["status"], {"Content-Type": "application/problem+json"}
