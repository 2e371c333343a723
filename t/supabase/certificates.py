"""A certificate authority of the tests' own, and server certificates: a good one, and one for each way to be bad."""

import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


class Authority:
    def __init__(self, name):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        builder = self._builder(self.name, self.key, -DAY, DAY)
        self.certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), True).sign(
            self.key, hashes.SHA256()
        )

    def _builder(self, subject, key, begins, ends):
        now = datetime.datetime.utcnow()
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number())
        return builder.not_valid_before(now + begins).not_valid_after(now + ends)

    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def server_pem(self, names, begins=-DAY, ends=DAY):
        """Key and certificate of a server that is called one of these names."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(names[0]))])
        builder = self._builder(subject, key, begins, ends)
        builder = builder.add_extension(x509.SubjectAlternativeName([general_name(name) for name in names]), False)
        certificate = builder.sign(self.key, hashes.SHA256())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return private + certificate.public_bytes(serialization.Encoding.PEM)


def general_name(name):
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def write_certificates(folder):
    """Writes ca.pem, which clients trust, and NAME.pem for each kind of server; returns the kinds by name."""
    trusted, unknown = Authority("EventFlow test authority"), Authority("Nobody's authority")
    names = ["localhost", "127.0.0.1"]
    servers = {
        "good": trusted.server_pem(names),
        "wrong_host": trusted.server_pem(["other.example.com"]),
        "expired": trusted.server_pem(names, -2 * DAY, -DAY),
        "untrusted": unknown.server_pem(names),
    }
    (folder / "ca.pem").write_bytes(trusted.pem())
    for name, pem in servers.items():
        (folder / f"{name}.pem").write_bytes(pem)
    return {name: folder / f"{name}.pem" for name in servers}
