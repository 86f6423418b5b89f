"""`/docs`: the OpenAPI document as a page, which loads nothing from other servers."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse

from cpo.access import hash_policy, prefix_of

PATH = '/docs'
FILES = '/static-offline-docs'


def install_docs(app: FastAPI) -> None:
    """Add the page to an application that serves Swagger's files, as FastAPIOffline does."""

    def show_docs(request: Request) -> HTMLResponse:
        root = prefix_of(request.scope)
        page = get_swagger_ui_html(
            openapi_url=f'{root}{app.openapi_url}',
            title=app.title,
            swagger_js_url=f'{root}{FILES}/swagger-ui-bundle.js',
            swagger_css_url=f'{root}{FILES}/swagger-ui.css',
            swagger_favicon_url=f'{root}{FILES}/favicon.png',
            swagger_ui_parameters=app.swagger_ui_parameters,
        )
        page.headers.update(hash_policy(bytes(page.body).decode()))
        return page

    app.add_api_route(PATH, show_docs, include_in_schema=False)
