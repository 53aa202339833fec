package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/bus"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/natsconn"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/source"
	"github.com/cdrstream/cdrstream/engine/source/jetstream"
	"github.com/cdrstream/cdrstream/engine/source/spool"
)

// intake is a live source on its way into the engine.
type intake struct {
	live   source.Live
	kind   string        // as metrics know it
	idle   time.Duration // see engine.Input
	stream *jetstream.Stream
	name   string // of the stream

	subject string // the part of the stream, or the core NATS subject; empty: all of it
}

func (f *intake) input() engine.Input {
	return engine.Input{Name: f.live.Name(), Live: f.live, Idle: f.idle}
}

// connect connects to NATS, if anything is read from it or published to it.
func (s *serve) connect(ctx context.Context) (*bus.Bus, error) {
	c := s.cfg
	if len(c.Streams)+len(c.Subjects)+len(c.Spools) == 0 {
		c.Streams = []string{defaultStream}
	}
	if len(c.Streams)+len(c.Subjects) == 0 && c.FeaturesTo == "" && c.AlertsTo == "" {
		return nil, nil
	}
	if err := s.ownOrNamed(); err != nil {
		return nil, err
	}
	o := bus.Options{Listen: c.NATSListen, Store: filepath.Join(c.State, natsDir), Options: natsconn.Options{
		URL: c.NATSURL, Credentials: c.NATSCredentials, NKey: c.NATSNKey, TokenFile: c.NATSTokenFile,
		CA: c.NATSCA, Cert: c.NATSCert, Key: c.NATSKey, Name: "cdrstream serve", Wait: true, Log: s.warn,
	}}
	for _, text := range c.Streams {
		name, _, _ := strings.Cut(text, "/")
		o.Streams = append(o.Streams, name)
	}
	b, err := bus.Open(ctx, o)
	if err == nil && b.Own() {
		s.log.Info("NATS server", "listens", b.URL(), "store", o.Store)
	}
	if err != nil && ctx.Err() == nil {
		err = usage(err)
	}
	return b, err
}

// ownOrNamed refuses keys of other servers where the one inside the process runs.
func (s *serve) ownOrNamed() error {
	if s.cfg.NATSURL != "" {
		return nil
	}
	for _, k := range []struct{ key, value string }{
		{"nats.credentials", s.cfg.NATSCredentials}, {"nats.nkey", s.cfg.NATSNKey}, {"nats.token_file", s.cfg.NATSTokenFile},
		{"nats.tls.ca", s.cfg.NATSCA}, {"nats.tls.cert", s.cfg.NATSCert},
	} {
		if k.value != "" {
			return usagef("%s is of no use to the NATS server inside cdrstream: name the server that it is for with nats.url, or leave it out", k.key)
		}
	}
	return nil
}

func (s *serve) warn(line string) { s.log.Warn(line) }

// open makes the sources. They read nothing yet.
func (s *serve) open() error {
	err := s.openIntakes()
	if err == nil {
		err = s.inputs()
	}
	if err != nil {
		return usage(errors.Join(err, s.closeIntakes()))
	}
	return nil
}

// checkFormats refuses formats that do not exist before a record asks for one.
func (s *serve) checkFormats() error {
	f := &s.builder.formats
	wanted := []string{s.cfg.Format}
	for _, src := range s.cfg.Sources {
		wanted = append(wanted, src.Format)
	}
	for _, name := range wanted {
		if name != "" && name != autoFormat && f.named(name) == nil {
			return usagef("%s", unknownFormat(name, f.names()))
		}
	}
	return nil
}

func (s *serve) openIntakes() error {
	if err := s.checkFormats(); err != nil {
		return err
	}
	idle := time.Duration(s.cfg.IdleTimeout)
	for _, text := range s.cfg.Streams {
		f, err := s.openStream(text)
		if err != nil {
			return err
		}
		f.idle = idle
		s.intakes = append(s.intakes, f)
	}
	for _, subject := range s.cfg.Subjects {
		o, err := s.messages(subject)
		if err != nil {
			return err
		}
		o.Subject = subject
		live, err := jetstream.Subscribe(s.bus.Conn, o)
		if err != nil {
			return err
		}
		s.intakes = append(s.intakes, intake{live: live, kind: "nats", idle: idle, subject: subject})
	}
	for _, dir := range s.cfg.Spools {
		if err := s.outside(dir); err != nil {
			return err
		}
		live, err := spool.New(spool.Options{
			Dir: dir, Open: s.openFile, Quiet: time.Duration(s.cfg.SpoolQuiet), Order: s.cfg.SpoolOrder, Done: s.cfg.SpoolDone, Log: s.warn,
		})
		if err != nil {
			return err
		}
		s.intakes = append(s.intakes, intake{live: live, kind: "spool", idle: time.Duration(s.cfg.SpoolIdle)})
	}
	return s.distinct()
}

// outside makes sure that a spool does not hold what the job writes.
func (s *serve) outside(spool string) error {
	for _, own := range []string{s.options.out, s.cfg.State} {
		if samePath(spool, own) || inside(own, spool) || inside(spool, own) {
			return fmt.Errorf("spool %s and the job's own directory %s lie within each other: choose directories apart", spool, own)
		}
	}
	return nil
}

// openStream opens NAME or NAME/SUBJECT.
func (s *serve) openStream(text string) (intake, error) {
	name, subject, _ := strings.Cut(text, "/")
	o, err := s.messages(text)
	if err != nil {
		return intake{}, err
	}
	o.Stream, o.Subject, o.AcceptGap = name, subject, s.options.acceptGap
	live, err := jetstream.Open(s.bus.Conn, o)
	return intake{live: live, kind: "jetstream", stream: live, name: name, subject: subject}, err
}

// messages is how the messages of a stream or subject are read.
func (s *serve) messages(name string) (jetstream.Options, error) {
	rules, err := s.builder.source(name)
	if err != nil {
		return jetstream.Options{}, err
	}
	f := &formats{all: s.builder.formats.all, rules: rules}
	return jetstream.Options{
		Formats: map[string]string{">": s.cfg.For(name).Format}, Head: f.head, Layout: f.layout,
		BlockSize: int(s.cfg.BlockSize), MaxRecord: int(s.cfg.MaxRecord), Log: s.warn,
	}, nil
}

// openFile opens a file of a spool.
func (s *serve) openFile(ctx context.Context, path string) (source.Source, any, error) {
	in, err := s.builder.newInput(ctx, path)
	if in == nil || err != nil {
		return nil, nil, err
	}
	f, layout, err := in.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	return f, engine.Format{Decoder: in.decoder, Layout: layout}, nil
}

// distinct refuses a source that is named twice.
func (s *serve) distinct() error {
	seen := map[string]bool{}
	for _, f := range s.intakes {
		name := f.live.Name()
		if seen[name] {
			return fmt.Errorf("the source %s is named twice: leave one out", name)
		}
		seen[name] = true
	}
	return nil
}

// closeIntakes closes the sources of a job that the engine has not taken.
func (s *serve) closeIntakes() (err error) {
	for _, f := range s.intakes {
		err = errors.Join(err, f.live.Close())
	}
	s.intakes = nil
	return err
}
