"""A webhook for fine-tuning jobs with Django.

`django-admin runserver --pythonpath tests/examples --settings django_service` runs it.
"""

from django.http import HttpRequest, JsonResponse
from django.urls import path

import ftschema

ALLOWED_HOSTS = ["127.0.0.1"]
MIDDLEWARE = ["ftschema.problem_middleware"]
ROOT_URLCONF = __name__
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000


def take_job(request: HttpRequest) -> JsonResponse:
    """Take the job that is the body of a request."""
    job = ftschema.loads(request.body)
    return JsonResponse({"id": job.id, "status": job.status}, status=202)


urlpatterns = [path("jobs", take_job)]
