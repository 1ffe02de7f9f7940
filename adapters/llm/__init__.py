"""A language model behind an OpenAI-compatible endpoint, asked for a second opinion. Off unless [llm] names one."""

from adapters.llm.endpoint import Endpoint

__all__ = ["Endpoint"]
