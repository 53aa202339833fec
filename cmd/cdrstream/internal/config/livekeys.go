package config

// liveKeys are those of jobs without an end, and of what talks to them.
func (c *Config) liveKeys() []Key {
	return []Key{
		{"nats.url", "nats-url", run, "NATS servers, nats://host:port or tls://host:port; empty: the one on this machine", &c.NATSURL},
		{"nats.listen", "nats-listen", run, "loopback address of the NATS server that serve runs without nats.url", &c.NATSListen},
		{"nats.credentials", "nats-credentials", run, "file of credentials (a JWT and its seed) for NATS", (*path)(&c.NATSCredentials)},
		{"nats.nkey", "nats-nkey", run, "file that holds the seed of an nkey for NATS", (*path)(&c.NATSNKey)},
		{"nats.token_file", "nats-token-file", run, "file that holds the token for NATS", (*path)(&c.NATSTokenFile)},
		{"nats.tls.ca", "nats-tls-ca", run, "file of the authorities (PEM) that sign the certificates of NATS servers; empty: the system's", (*path)(&c.NATSCA)},
		{"nats.tls.cert", "nats-tls-cert", run, "file of the certificate (PEM) that NATS servers are shown", (*path)(&c.NATSCert)},
		{"nats.tls.key", "nats-tls-key", run, "file of its key (PEM)", (*path)(&c.NATSKey)},
		{"nats.streams", "stream", run, "JetStream streams to read: NAME, or NAME/SUBJECT for a part; without any, subjects or spools CDR", &c.Streams},
		{"nats.subjects", "subject", run, "core NATS subjects to read: what is sent while nobody listens is lost", &c.Subjects},
		{"nats.idle_timeout", "idle-timeout", run, "after so long without records the other sources no longer wait for a stream; 0s: they do", &c.IdleTimeout},
		{"nats.features_to", "features-to", run, "subject that rows are published to; empty: none", &c.FeaturesTo},
		{"nats.features_as", "", run, "json (a row a message) or arrow (a few hundred rows a message)", &c.FeaturesAs},
		{"nats.alerts_to", "alerts-to", run, "subject that alerts are published to; empty: none", &c.AlertsTo},

		{"spool.dirs", "spool", run, "directories into which files are dropped", &c.Spools},
		{"spool.quiet", "spool-quiet", run, "a file is complete when it has not changed for so long; 0s: when it is there", &c.SpoolQuiet},
		{"spool.order", "", run, "name, or sequence: runs of digits in names are numbers", &c.SpoolOrder},
		{"spool.done", "spool-done", run, "archive or delete what was read", &c.SpoolDone},
		{"spool.idle_timeout", "", run, "as nats.idle_timeout, of spools", &c.SpoolIdle},

		{"http.listen", "listen", run, "addresses of the HTTP server: metrics, health, look-ups; none: no server", &c.HTTPListen},
		{"http.web_config", "web-config", run, "web configuration of Prometheus's exporters: TLS, passwords", (*path)(&c.HTTPConfig)},
		{"http.pprof", "", run, "serve profiles", &c.HTTPPprof},
	}
}
