//! TLS with a certificate of a made-up authority.

use std::{net::SocketAddr, sync::Arc};

use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer},
    server::TlsStream,
};

use super::Shared;

pub(super) struct TlsListener {
    pub(super) tcp: TcpListener,
    pub(super) acceptor: TlsAcceptor,
    pub(super) shared: Arc<Shared>,
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (tcp, address) = Listener::accept(&mut self.tcp).await;
            self.shared.log().connections += 1;
            // Whoever doesn't trust the certificate hangs up here.
            if let Ok(tls) = self.acceptor.accept(tcp).await {
                return (tls, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<Self::Addr> {
        self.tcp.local_addr()
    }
}

/// The authority's certificate, and what speaks TLS for `hosts` with one that it gave.
pub(super) fn acceptor(hosts: &[&str]) -> (Vec<u8>, TlsAcceptor) {
    let mut authority = CertificateParams::default();
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, key()).expect("an authority");
    let hosts: Vec<_> = hosts.iter().map(|host| (*host).to_owned()).collect();
    let own = key();
    let certificate = CertificateParams::new(hosts).expect("names of hosts");
    let certificate = certificate.signed_by(&own, &authority).expect("a certificate");
    let key = PrivateKeyDer::try_from(own.serialize_der()).expect("a key in PKCS #8");
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("protocol versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)
        .expect("a certificate and its key");
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    (authority.der().to_vec(), TlsAcceptor::from(Arc::new(config)))
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
