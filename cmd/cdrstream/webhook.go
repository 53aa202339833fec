package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cdrstream/cdrstream/sinks/webhook"
)

// webhookDir is where alerts wait to be posted, in the output directory.
const webhookDir = ".webhook"

// maxToken is the length of the longest file of a token.
const maxToken = 64 << 10

// webhook says where alerts are posted, nil if nowhere.
func (b *builder) webhook() (*webhook.Options, error) {
	switch {
	case b.cfg.WebhookURL == "" && b.cfg.WebhookTokenFile != "":
		return nil, errors.New("webhook.token_file is the token for webhook.url, which is empty: give that too")
	case b.cfg.WebhookURL == "":
		return nil, nil
	case b.cfg.Rules == noRules:
		return nil, errors.New("webhook.url is where alerts are posted, but rules is none: there will be none")
	}
	o := &webhook.Options{URL: b.cfg.WebhookURL}
	if b.cfg.WebhookTokenFile != "" {
		token, err := readToken(b.cfg.WebhookTokenFile)
		if err != nil {
			return nil, fmt.Errorf("webhook.token_file: %w", err)
		}
		o.Token = token
	}
	_, err := webhook.New(webhookDir, *o) // what is wrong with them is to be known before anything is read
	return o, err
}

func readToken(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxToken+1))
	if err != nil {
		return "", err
	}
	if len(text) > maxToken {
		return "", fmt.Errorf("%s is longer than %d bytes: that is no token", name, maxToken)
	}
	if text = bytes.TrimSpace(text); len(text) == 0 {
		return "", fmt.Errorf("%s is empty", name)
	}
	return string(text), nil
}
