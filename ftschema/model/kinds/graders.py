"""The classes of graders, which score the samples of reinforcement training, and of their parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from attrs import field

from ftschema.core.absent import ABSENT, Absent
from ftschema.model.base import extra_field, map_field, model_class


@model_class(kw_only=True)
class PromptCacheBreakpoint:
    """A position at which the model's prompt cache may end."""

    mode: str = "explicit"
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class InputText:
    """Text in a message to the model."""

    type: str = "input_text"
    text: str
    prompt_cache_breakpoint: PromptCacheBreakpoint | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class OutputText:
    """Text written by the model."""

    type: str = "output_text"
    text: str
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class InputImage:
    """An image in a message to the model; `image_url` may be a data URL."""

    type: str = "input_image"
    image_url: str
    detail: str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class AudioData:
    """An audio clip in base64, and its encoding, `mp3` or `wav`."""

    data: str
    format: str
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class InputAudio:
    """Audio in a message to the model."""

    type: str = "input_audio"
    input_audio: AudioData
    extra: Mapping[str, Any] = extra_field()


ContentPart: TypeAlias = InputText | OutputText | InputImage | InputAudio


@model_class(kw_only=True)
class EvalItem:
    """One message to the model that scores or labels."""

    role: str
    content: str | ContentPart | tuple[str | ContentPart, ...]
    type: str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class SamplingParams:
    """Sampling parameters of a scoring model."""

    seed: int | Absent | None = ABSENT
    top_p: float | Absent | None = ABSENT
    temperature: float | Absent | None = ABSENT
    max_completions_tokens: int | Absent | None = ABSENT
    reasoning_effort: str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class StringCheckGrader:
    """Compares two strings; `operation` is `eq`, `ne`, `like` or `ilike`."""

    type: str = "string_check"
    name: str
    input: str
    reference: str
    operation: str
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class TextSimilarityGrader:
    """Scores the similarity of two texts."""

    type: str = "text_similarity"
    name: str
    input: str
    reference: str
    evaluation_metric: str
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class PythonGrader:
    """A Python program computes the score."""

    type: str = "python"
    name: str
    source: str
    image_tag: str | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class ScoreModelGrader:
    """A model gives the score."""

    type: str = "score_model"
    name: str
    model: str
    sampling_params: SamplingParams | Absent | None = ABSENT
    input: tuple[EvalItem, ...]
    range: tuple[float, ...] | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class LabelModelGrader:
    """A model chooses one of the labels; seen only inside a multi grader."""

    type: str = "label_model"
    name: str
    model: str
    input: tuple[EvalItem, ...]
    labels: tuple[str, ...]
    passing_labels: tuple[str, ...]
    extra: Mapping[str, Any] = extra_field()


@model_class(kw_only=True)
class EndpointGrader:
    """A web service computes the score; documented by Microsoft, and not in any specification."""

    type: str = "endpoint"
    name: str | Absent | None = ABSENT
    url: str
    headers: Mapping[str, str] | Absent | None = map_field()
    rate_limit: float | Absent | None = ABSENT
    pass_threshold: float | Absent | None = ABSENT
    extra: Mapping[str, Any] = extra_field()


GraderInMulti: TypeAlias = (
    StringCheckGrader | TextSimilarityGrader | PythonGrader | ScoreModelGrader | LabelModelGrader | EndpointGrader
)


@model_class(kw_only=True)
class MultiGrader:
    """Combines the scores of other graders: a map from names to graders, an array of graders, or a single one."""

    type: str = "multi"
    name: str
    graders: Mapping[str, GraderInMulti] | tuple[GraderInMulti, ...] | GraderInMulti = field(hash=False)
    calculate_output: str
    extra: Mapping[str, Any] = extra_field()


Grader: TypeAlias = (
    StringCheckGrader | TextSimilarityGrader | PythonGrader | ScoreModelGrader | MultiGrader | EndpointGrader
)
