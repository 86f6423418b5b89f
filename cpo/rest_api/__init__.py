"""The REST interface below `/api`: one module per resource, and one shape of errors for all."""

from cpo.rest_api.rest_api import RestApi, create_app

__all__ = ['RestApi', 'create_app']
