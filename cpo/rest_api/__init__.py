"""The REST interface below `/api`: one module per resource, the same error shape everywhere."""

from cpo.rest_api.rest_api import RestApi, create_app

__all__ = ['RestApi', 'create_app']
