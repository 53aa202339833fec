package natsconn

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"github.com/nats-io/nats.go"
)

// explain words why a first connection failed and what to do about it.
func (o *Options) explain(err error) error {
	where := o.where()
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	switch {
	case errors.Is(err, nats.ErrNoServers) || strings.Contains(err.Error(), "no such host"):
		return fmt.Errorf("no NATS server answers at %s (%w): start cdrstream serve or a nats-server, or point nats.url at one", where, err)
	case errors.As(err, &unknown):
		return fmt.Errorf("%s: the server's certificate is signed by nobody that is trusted (%w): name the file of its authority in nats.tls.ca", o.ca(where), err)
	case errors.As(err, &name):
		return fmt.Errorf("%s: the server's certificate is for another name (%w): use one of its names in nats.url", where, err)
	case isTrust(err):
		return fmt.Errorf("%s: the server's certificate cannot be trusted: %w: check nats.tls.ca and the clocks", o.ca(where), err)
	case errors.As(err, &record) || errors.Is(err, nats.ErrSecureConnWanted):
		return fmt.Errorf("%s: the server offers no TLS (%w): leave nats.tls.* and tls:// out, or enable it there", where, err)
	case errors.Is(err, nats.ErrSecureConnRequired):
		return fmt.Errorf("%s: the server wants TLS (%w): write tls:// in nats.url, and nats.tls.ca if its authority is your own", where, err)
	case isCertificateWanted(err):
		return fmt.Errorf("%s: the server does not accept our certificate (%w): check nats.tls.cert and nats.tls.key", where, err)
	case isRefusal(err):
		return fmt.Errorf("%s: the server refuses %s (%w): check it, and what the server allows", where, o.who(), err)
	}
	return fmt.Errorf("connect to NATS at %s: %w: check nats.url", where, err)
}

// ca adds the file of authorities to where, if there is one.
func (o *Options) ca(where string) string {
	if o.CA == "" {
		return where
	}
	return fmt.Sprintf("%s, nats.tls.ca %s", where, o.CA)
}

// who says by what we are known to the server.
func (o *Options) who() string {
	switch {
	case o.Credentials != "":
		return "nats.credentials " + o.Credentials
	case o.NKey != "":
		return "nats.nkey " + o.NKey
	case o.TokenFile != "":
		return "nats.token_file " + o.TokenFile
	case strings.Contains(o.URL, "@"):
		return "the user of nats.url"
	}
	return "a client without nats.credentials, nats.nkey or nats.token_file"
}

func isRefusal(err error) bool {
	return errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) || errors.Is(err, nats.ErrAuthRevoked) ||
		errors.Is(err, nats.ErrAccountAuthExpired) || errors.Is(err, nats.ErrNkeysNotSupported) ||
		strings.Contains(strings.ToLower(err.Error()), "authorization")
}

// isVague reports a connection that the server ended after the handshake, before its
// reason could be read: mostly, that it does not accept our certificate.
func isVague(err error) bool {
	return strings.Contains(err.Error(), "closed by remote after TLS handshake")
}

// isTrust reports a certificate that cannot be verified.
func isTrust(err error) bool {
	var verify *tls.CertificateVerificationError
	return errors.As(err, &verify)
}

// isCertificateWanted reports the server's alert about our certificate.
func isCertificateWanted(err error) bool {
	var alert tls.AlertError
	return errors.As(err, &alert) || strings.Contains(err.Error(), "tls: certificate required") || strings.Contains(err.Error(), "remote error: tls") || isVague(err)
}
