"""Real reverse proxies, Debian's nginx and Caddy, each as a process of its own with the README's configuration."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cpo.certificates.issuing import new_root, new_server_certificate
from tests.program import CHECKOUT, free_port, wait_until_it_listens

README = (CHECKOUT / 'README.md').read_text(encoding='utf-8')
OURS = '127.0.0.1:8080'
NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}; proxy_temp_path {folder}; fastcgi_temp_path {folder}; uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    server {{
        listen 127.0.0.1:{port} {ssl};
        {certificate}
        {block}
    }}
}}
"""


def readme_block(language: str) -> str:
    """The README's block in the language of a proxy."""
    [block] = re.findall(rf'```{language}\n(.*?)```', README, re.DOTALL)
    return str(block)


@asynccontextmanager
async def nginx(folder: Path, block: str, program_port: int, is_tls: bool = False) -> AsyncIterator[int]:
    """nginx with this block of a server; gives its port on this machine."""
    port, certificate = free_port(), ''
    if is_tls:
        file = folder / 'certificate.pem'
        file.write_bytes(new_server_certificate(new_root(), False, ['127.0.0.1'], datetime.now(UTC)))
        certificate = f'ssl_certificate {file}; ssl_certificate_key {file};'
    text = NGINX.format(
        folder=folder,
        port=port,
        ssl='ssl' if is_tls else '',
        certificate=certificate,
        block=block.replace(OURS, f'127.0.0.1:{program_port}'),
    )
    (folder / 'nginx.conf').write_text(text, encoding='utf-8')
    async with _process('nginx', ['-c', f'{folder}/nginx.conf', '-e', f'{folder}/error.log'], port):
        yield port


@asynccontextmanager
async def caddy(folder: Path, block: str, program_port: int) -> AsyncIterator[int]:
    """Caddy with this site, without TLS; gives its port on this machine."""
    port = free_port()
    site = block.replace('home.example.org', f'http://127.0.0.1:{port}').replace(OURS, f'127.0.0.1:{program_port}')
    (folder / 'Caddyfile').write_text(f'{{\n admin off\n}}\n{site}', encoding='utf-8')
    async with _process('caddy', ['run', '--config', f'{folder}/Caddyfile'], port):
        yield port


@asynccontextmanager
async def _process(name: str, options: list[str], port: int) -> AsyncIterator[None]:
    path = shutil.which(name) or shutil.which(name, path='/usr/sbin')
    if path is None:
        pytest.skip(f'there is no {name}; apt-get install {name}')
    process = await asyncio.create_subprocess_exec(path, *options, stderr=asyncio.subprocess.DEVNULL)
    try:
        async with asyncio.timeout(20):
            await wait_until_it_listens(port)
        yield
    finally:
        process.kill()
        await process.wait()
