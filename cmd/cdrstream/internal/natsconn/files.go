package natsconn

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/nats-io/nats.go"
)

// maxFile is the length of the longest file of any kind.
const maxFile = 1 << 20

// files turns the files into options. It reads all of them, so that what is wrong
// with one is known before anything is asked of a server. They are read again
// at every connection: they may change while the program runs.
func (o *Options) files() (all []nats.Option, err error) {
	if o.InProcess != nil {
		return nil, nil
	}
	if err := o.one(); err != nil {
		return nil, err
	}
	for _, add := range []func() (nats.Option, error){o.credentials, o.nkey, o.token, o.authorities, o.certificate} {
		option, err := add()
		if err != nil {
			return nil, err
		}
		if option != nil {
			all = append(all, option)
		}
	}
	return all, nil
}

// one makes sure that there is one answer to who we are.
func (o *Options) one() error {
	switch {
	case o.Credentials != "" && o.NKey != "":
		return errors.New("nats.credentials and nats.nkey both say who we are: leave one out")
	case o.TokenFile != "" && (o.Credentials != "" || o.NKey != ""):
		return errors.New("nats.token_file says who we are, and so does nats.credentials or nats.nkey: leave one out")
	case o.Cert == "" && o.Key != "":
		return errors.New("nats.tls.key is the key of nats.tls.cert, which is empty: give that too")
	case o.Cert != "" && o.Key == "":
		return errors.New("nats.tls.cert needs its key: name the file in nats.tls.key")
	}
	return nil
}

func (o *Options) credentials() (nats.Option, error) {
	if o.Credentials == "" {
		return nil, nil
	}
	text, err := o.secret("nats.credentials", o.Credentials)
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(text, []byte("NATS USER JWT")) || !bytes.Contains(text, []byte("USER NKEY SEED")) {
		return nil, fmt.Errorf("nats.credentials: %s holds no user JWT and seed: name a file that nsc generate creds wrote", o.Credentials)
	}
	return nats.UserCredentials(o.Credentials), nil
}

func (o *Options) nkey() (nats.Option, error) {
	if o.NKey == "" {
		return nil, nil
	}
	if _, err := o.secret("nats.nkey", o.NKey); err != nil {
		return nil, err
	}
	option, err := nats.NkeyOptionFromSeed(o.NKey)
	if err != nil { // which may quote the file
		return nil, fmt.Errorf("nats.nkey: %s holds no seed of a user: it is a line that begins with SU", o.NKey)
	}
	return option, nil
}

func (o *Options) token() (nats.Option, error) {
	if o.TokenFile == "" {
		return nil, nil
	}
	if _, err := o.readToken(); err != nil {
		return nil, err
	}
	return nats.TokenHandler(func() string {
		token, err := read(o.TokenFile)
		if err != nil {
			o.Log(fmt.Sprintf("nats.token_file: %v", err))
		}
		return string(bytes.TrimSpace(token))
	}), nil
}

func (o *Options) readToken() (string, error) {
	text, err := o.secret("nats.token_file", o.TokenFile)
	if err != nil {
		return "", err
	}
	text = bytes.TrimSpace(text)
	if len(text) == 0 || bytes.ContainsAny(text, "\r\n") {
		return "", fmt.Errorf("nats.token_file: %s does not hold one token: it is a file of one line", o.TokenFile)
	}
	return string(text), nil
}

func (o *Options) authorities() (nats.Option, error) {
	if o.CA == "" {
		return nil, nil
	}
	text, err := read(o.CA)
	if err != nil {
		return nil, fmt.Errorf("nats.tls.ca: %w", err)
	}
	if !x509.NewCertPool().AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("nats.tls.ca: %s holds no certificate: it begins with -----BEGIN CERTIFICATE-----", o.CA)
	}
	return nats.RootCAs(o.CA), nil
}

func (o *Options) certificate() (nats.Option, error) {
	if o.Cert == "" {
		return nil, nil
	}
	cert, err := read(o.Cert)
	if err != nil {
		return nil, fmt.Errorf("nats.tls.cert: %w", err)
	}
	key, err := o.secret("nats.tls.key", o.Key)
	if err != nil {
		return nil, err
	}
	if _, err := tls.X509KeyPair(cert, key); err != nil {
		return nil, fmt.Errorf("nats.tls.cert %s and nats.tls.key %s are no pair: %w", o.Cert, o.Key, err)
	}
	return nats.ClientCert(o.Cert, o.Key), nil
}

// secret reads a file that nobody else should be able to read.
func (o *Options) secret(setting, name string) ([]byte, error) {
	if info, err := os.Stat(name); err == nil && info.Mode().Perm()&0o007 != 0 {
		o.Log(fmt.Sprintf("%s: everybody on this machine may read %s: chmod o= %s", setting, name, name))
	}
	text, err := read(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", setting, err)
	}
	return text, nil
}

// read reads a small file. Errors name it and say what to do.
func read(name string) ([]byte, error) {
	f, err := os.Open(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file: check the path", name)
	case errors.Is(err, fs.ErrPermission):
		return nil, fmt.Errorf("%s: permission denied: make it readable for this user", name)
	case err != nil:
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxFile:
		return nil, fmt.Errorf("%s: longer than %d bytes: check the path", name, maxFile)
	}
	return text, nil
}
