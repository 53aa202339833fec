package web

import (
	"fmt"
	"io"
	"net/http"
	"net/http/pprof"
	"path"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	toolkit "github.com/prometheus/exporter-toolkit/web"
)

// maxScrapes is how many scrapes there may be at a time.
const maxScrapes = 8

func newRoutes(o *Options) (http.Handler, error) {
	mux := http.NewServeMux()
	page, err := landing(o)
	if err != nil {
		return nil, err
	}
	mux.Handle("GET /{$}", page)
	mux.Handle("GET /metrics", promhttp.HandlerFor(o.Gatherer, promhttp.HandlerOpts{
		ErrorLog:            scrapeLog{o},
		EnableOpenMetrics:   true,
		MaxRequestsInFlight: maxScrapes,
	}))
	mux.HandleFunc("GET /healthz", condition(o.Failed))
	mux.HandleFunc("GET /readyz", condition(o.NotReady))
	if o.Lookup != nil {
		mux.Handle(subscribers+"{number}", newLookups(o))
	}
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) { notFound(w, r.URL.Path) })
	if o.Pprof {
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return onlyClean(mux), nil
}

func landing(o *Options) (http.Handler, error) {
	c := toolkit.LandingConfig{
		Name: "cdrstream", Version: o.Version, Profiling: fmt.Sprint(o.Pprof),
		Description: "Features and alerts of call-detail records, live",
		Links: []toolkit.LandingLinks{
			{Address: "/metrics", Text: "Metrics", Description: "for Prometheus"},
			{Address: "/healthz", Text: "Health", Description: "whether the job has failed"},
			{Address: "/readyz", Text: "Readiness", Description: "whether it reads, and why not"},
		},
	}
	if o.Lookup != nil {
		c.ExtraHTML = "<p>A subscriber's features: <code>GET " + subscribers + "NUMBER</code></p>"
	}
	return toolkit.NewLandingPage(c)
}

// condition answers 200, or 503 and what is wrong.
func condition(wrong func() error) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if err := wrong(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, "ok\n")
	}
}

// onlyClean refuses paths for which a ServeMux answers with a redirect, since that
// shows them.
func onlyClean(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := r.URL.Path
		if clean := path.Clean(p); p != clean && p != clean+"/" || !strings.HasPrefix(p, "/") {
			notFound(w, p)
			return
		}
		h.ServeHTTP(w, r)
	})
}

// scrapeLog puts what is wrong with a scrape on one line.
type scrapeLog struct{ o *Options }

func (l scrapeLog) Println(v ...any) {
	l.o.Log.Error("a scrape is not complete", "error", oneLine(fmt.Sprintln(v...)))
}
