"""The signatures that the standards print hold."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from downtick.exchange.auth.jwt import signature_holds
from downtick.exchange.auth.keys import PublicKey
from tests.exchange.auth.tokens import raw


def test_the_signature_of_the_standard_for_es256_holds() -> None:
    """RFC 7515, appendix A.3: signed by others."""
    numbers = ec.EllipticCurvePublicNumbers(
        int.from_bytes(raw("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")),
        int.from_bytes(raw("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0")),
        ec.SECP256R1(),
    )
    pem = numbers.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    key = PublicKey("of the standard", "ES256", pem.decode())
    signed = (
        b"eyJhbGciOiJFUzI1NiJ9"
        b".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    )
    signature = raw(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    )
    assert signature_holds(key, signed, signature)
    assert not signature_holds(key, signed + b"A", signature)
    assert not signature_holds(key, signed, signature[:-1])
    assert not signature_holds(key, signed, bytes(64))


def test_the_signature_of_the_standard_for_eddsa_holds() -> None:
    """RFC 8037, appendix A.4: signed by others."""
    public = raw("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
    info = bytes.fromhex("302a300506032b6570032100") + public  # SubjectPublicKeyInfo of RFC 8410
    pem = (
        f"-----BEGIN PUBLIC KEY-----\n{base64.b64encode(info).decode()}\n-----END PUBLIC KEY-----\n"
    )
    key = PublicKey("of the standard", "EdDSA", pem)
    signed = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    signature = raw(
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    )
    assert signature_holds(key, signed, signature)
    assert not signature_holds(key, signed + b"A", signature)
    assert not signature_holds(key, signed, signature[:-1])
