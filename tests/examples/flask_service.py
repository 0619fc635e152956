"""A webhook for fine-tuning jobs with Flask: `flask --app tests/examples/flask_service.py run`."""

from flask import Flask, abort, request

import ftschema

MOST_BYTES = 1_000_000

app = Flask(__name__)
# One more than the most, because a body in chunks is cut off there without a word (werkzeug 3.1: tried).
app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES + 1
ftschema.add_problem_handler(app)


@app.post("/jobs")
def take_job() -> tuple[dict[str, str], int]:
    """Take the job that is the body of a request."""
    body = request.get_data()
    if len(body) > MOST_BYTES:
        abort(413)
    job = ftschema.loads(body)
    return {"id": job.id, "status": job.status}, 202
