package natsserver

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// checkStreams makes sure that every stream that the store holds was recovered:
// the server itself goes on without one that it cannot read, and would let it be
// made anew, empty. It tells of streams that were recovered in part.
func (s *Server) checkStreams(dir string, log *logger) error {
	root := filepath.Join(dir, server.JetStreamStoreDir, s.server.GlobalAccount().GetName(), "streams")
	entries, err := os.ReadDir(root)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("the store of the NATS server inside cdrstream: %w: check the disk", err)
	}
	conn, err := nats.Connect("", nats.InProcessServer(s.server))
	if err != nil {
		return fmt.Errorf("the NATS server inside cdrstream does not answer: %w", err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), readyWithin)
	defer cancel()
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		if err := checkStream(ctx, js, filepath.Join(root, e.Name()), log); err != nil {
			return err
		}
	}
	return nil
}

// checkStream looks at the stream that is stored at path.
func checkStream(ctx context.Context, js jetstream.JetStream, path string, log *logger) error {
	name := filepath.Base(path)
	stream, err := js.Stream(ctx, name)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return damaged(path, name, log.last())
	}
	if err != nil {
		return fmt.Errorf("the stream %s: %w", name, err)
	}
	info, err := stream.Info(ctx, jetstream.WithDeletedDetails(true))
	if err != nil {
		return fmt.Errorf("the stream %s: %w", name, err)
	}
	state := info.State
	if state.Lost != nil && (state.Lost.Bytes > 0 || len(state.Lost.Msgs) > 0) {
		log.Warnf("the store of the stream %s in %s was damaged: %d bytes of messages are lost, %d to %d are left: bring the directory back from a backup, or publish what is missing again",
			name, path, state.Lost.Bytes, state.FirstSeq, state.LastSeq)
	}
	return nil
}

func damaged(path, stream, why string) error {
	if why != "" {
		why = " (" + why + ")"
	}
	return fmt.Errorf("the stream %s cannot be read from %s%s: bring the directory back from a backup, or move it away to begin with an empty stream", stream, path, why)
}
