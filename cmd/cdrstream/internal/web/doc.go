// Package web is the HTTP server of a live job.
//
//	GET /                       what there is
//	GET /metrics                for Prometheus
//	GET /healthz                200 unless the job has failed
//	GET /readyz                 200 while the job reads; else 503, and why
//	GET /v1/subscribers/NUMBER  what is known of a subscriber, as JSON
//	GET /debug/pprof/           profiles, if asked for
//
// What it serves is given to it as functions: it knows nothing of the engine.
//
// # Who may ask
//
// Look-ups are personal data, so the server listens on loopback addresses unless it
// is told otherwise, and refuses any other without a web configuration (that of
// Prometheus's exporters, https://prometheus.io/docs/prometheus/latest/configuration/https/)
// by which everybody has to show a password or a certificate. Which is which is
// judged by the IP address, after a host name was resolved, and not by how it is
// written: ":9377", "0.0.0.0", "::" and a name of this host are open to others. That
// file is read again at every request, by the toolkit; so it is here, and a file
// that was changed to let everybody in lets nobody in. Sockets from systemd and vsock,
// which the toolkit can do, are not offered: they cannot be judged.
//
// Without authentication a request must also name a loopback or numeric host, as
// everyone on this machine does. It keeps web pages out that have their own name
// resolve to 127.0.0.1 in the browser of somebody who sits here (DNS rebinding).
//
// # Errors
//
// Errors of look-ups are JSON, {"error":"..."}. No answer but the one to a successful
// look-up, and no line of the log, tells a number. There is no access log.
package web
