package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/profile"
)

// addProfile adds --profile, which adds the format of a mapping profile and chooses it.
func (c *configFlags) addProfile() {
	c.set.StringVar(&c.profile, "profile", "", "`file` of a mapping profile to read the records with, see cdrstream profiles --help")
}

// useProfile adds the profile of --profile to cfg, and makes its format the one that is
// read.
func (c *configFlags) useProfile(cfg *config.Config) error {
	if f := c.keys["format"]; f != nil && f.given {
		return errors.New("--profile chooses the format, and --format too: leave one out")
	}
	d, _, err := readProfile(c.profile)
	if err != nil {
		return err
	}
	file, err := filepath.Abs(c.profile)
	if err != nil {
		return err
	}
	if !slices.Contains(cfg.Profiles, file) {
		cfg.Profiles = append(cfg.Profiles, file)
	}
	cfg.Format = d.Name()
	return nil
}

// readProfile reads a profile, which must be a regular file: others may have no end.
func readProfile(file string) (*profile.Decoder, []byte, error) {
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil, fmt.Errorf("%s: no such file or directory: check the path; cdrstream profiles list lists the built-in ones", file)
	case err != nil:
		return nil, nil, err
	case !info.Mode().IsRegular():
		return nil, nil, fmt.Errorf("%s is no regular file: name the file itself", file)
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, profile.MaxFile+1))
	if err != nil {
		return nil, nil, err
	}
	d, err := profile.Parse(file, text)
	return d, text, err
}

// readProfiles makes the list of formats: those of the configured profiles, which were
// meant if they fit, then all others.
func (b *builder) readProfiles() error {
	b.formats = formats{all: decoders()}
	var hashes []string
	for i, file := range b.cfg.Profiles {
		d, text, err := readProfile(file)
		if err != nil {
			return err
		}
		if d.Name() == autoFormat || b.formats.named(d.Name()) != nil {
			return fmt.Errorf("%s: there is a format %s already: choose another name", file, d.Name())
		}
		b.formats.all = slices.Insert(b.formats.all, i, decode.Decoder(d))
		sum := sha256.Sum256(text)
		hashes = append(hashes, d.Name()+" sha256:"+hex.EncodeToString(sum[:8]))
	}
	slices.Sort(hashes)
	b.profiles = strings.Join(hashes, ", ")
	return nil
}
