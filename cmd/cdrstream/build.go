package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"time"

	"github.com/cdrstream/cdrstream/aggregators"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
	"github.com/cdrstream/cdrstream/engine"
	"github.com/cdrstream/cdrstream/engine/cdr"
	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/asterisk"
	"github.com/cdrstream/cdrstream/engine/decode/baf"
	"github.com/cdrstream/cdrstream/engine/decode/csv"
	"github.com/cdrstream/cdrstream/engine/decode/cucm"
	"github.com/cdrstream/cdrstream/engine/decode/json"
	"github.com/cdrstream/cdrstream/engine/decode/nrtrde"
	"github.com/cdrstream/cdrstream/engine/decode/profile"
	"github.com/cdrstream/cdrstream/engine/decode/sip"
	"github.com/cdrstream/cdrstream/engine/decode/tap"
	"github.com/cdrstream/cdrstream/engine/decode/ts32298"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/hygiene"
	"github.com/cdrstream/cdrstream/engine/numbering"
	"github.com/cdrstream/cdrstream/engine/shard"
	"github.com/cdrstream/cdrstream/engine/window"
	"github.com/cdrstream/cdrstream/sinks/arrowipc"
	"github.com/cdrstream/cdrstream/sinks/jsonl"
	"github.com/cdrstream/cdrstream/sinks/parquet"
	"github.com/cdrstream/cdrstream/sinks/webhook"
)

// decoders lists the record formats, surest first: those that have a decoder of their
// own, then the built-in profiles.
func decoders() []decode.Decoder {
	all := []decode.Decoder{csv.Decoder{}, json.Decoder{}, asterisk.Decoder{}, cucm.Decoder{}, sip.Kamailio, sip.OpenSIPS, ts32298.Decoder{}, tap.Decoder{}, nrtrde.Decoder{}, baf.Decoder{}}
	for _, d := range profile.Builtin() {
		all = append(all, d)
	}
	return all
}

// families returns new instances of all aggregators.
func (b *builder) families() []feature.Family {
	return aggregators.All(aggregators.Options{
		Rhythm: b.rhythm, Numbers: b.plan, HighValueMicros: int64(b.cfg.HighValueCharge),
	})
}

// builder turns a configuration into the parts of a job.
type builder struct {
	cfg     *config.Config
	plan    *numbering.Plan
	rhythm  rhythm.Options
	regions map[string]string
	drops   []uint16
	latest  cdr.Millis
	limit   *decode.Limit // at latest
	formats formats       // without a source

	profiles string // what the configured profiles say, for the hash; empty without any

	keepOpen bool // files may grow until the next run
	keepIDs  bool // alerts name records
}

// newBuilder reads the files that the configuration names. now is when the job
// starts: max_future counts from it.
func newBuilder(cfg *config.Config, now time.Time) (*builder, error) {
	b := &builder{cfg: cfg, limit: new(decode.Limit)}
	if err := b.readProfiles(); err != nil {
		return nil, usage(err)
	}
	if err := b.numbers(); err != nil {
		return nil, usage(err)
	}
	if err := b.localTime(); err != nil {
		return nil, usage(err)
	}
	if cfg.CellRegions != "" {
		var err error
		if b.regions, err = config.ReadPairs(cfg.CellRegions); err != nil {
			return nil, usagef("cell_regions: %w", err)
		}
	}
	for _, c := range cfg.DropCauses {
		b.drops = append(b.drops, uint16(c))
	}
	b.setLatest(cdr.Millis(now.Add(time.Duration(cfg.MaxFuture)).UnixMilli()))
	return b, nil
}

// setLatest makes records later than t rejected.
func (b *builder) setLatest(t cdr.Millis) {
	b.latest = t
	b.limit.Set(t)
}

// job is everything that takes part in a run.
type job struct {
	config   engine.Config
	engine   *engine.Engine
	inputs   []*input
	empty    []string          // files without a byte
	unread   []hygiene.File    // files that are not read: those, and duplicates
	copies   map[string]string // what duplicates are duplicates of
	arrow    bool              // rows as Arrow files too
	hash     string            // of the configuration
	notes    []string          // for people, about the rules
	webhook  *webhook.Options  // nil: alerts are posted nowhere
	hook     *webhook.Sink     // that posts them, once it is open
	latest   cdr.Millis
	settings []config.Setting // that decide the answer
	sinks    []interface{ Close() error }
}

// job prepares a run over the files of openings. It writes nothing.
func (b *builder) job(ctx context.Context, openings []opening) (*job, error) {
	settings, err := b.cfg.Answer()
	if err != nil {
		return nil, usage(err)
	}
	j := &job{settings: settings, latest: b.latest}
	if err := b.compile(j); err != nil {
		return nil, usage(err)
	}
	for _, s := range openings {
		if err := b.add(ctx, j, s); err != nil {
			return nil, err
		}
	}
	if len(j.config.Inputs) == 0 {
		return nil, usagef("nothing to read: all files are empty")
	}
	return j, nil
}

// add adds one file to the job.
func (b *builder) add(ctx context.Context, j *job, s opening) error {
	if s.done {
		j.config.Inputs = append(j.config.Inputs, engine.Input{Name: s.path, Done: true})
		return nil
	}
	in, err := b.newInput(ctx, s.path)
	switch {
	case err != nil:
		return err
	case in != nil:
		j.inputs = append(j.inputs, in)
		j.config.Inputs = append(j.config.Inputs, in.engineInput())
	case s.from != nil:
		return usagef("%s was emptied before it was read to its end: put it back as it was, or start over with another --state", s.path)
	default:
		j.empty = append(j.empty, s.path)
	}
	return nil
}

// paths lists the files that the job reads.
func (j *job) paths() (all []string) {
	for _, in := range j.inputs {
		all = append(all, in.path)
	}
	return all
}

// compile reads the rules and compiles what has to be kept and computed. What the
// rules say is a setting that decides the answer; a job without has none.
func (b *builder) compile(j *job) error {
	windows, err := b.windows()
	if err != nil {
		return err
	}
	set, notes, err := b.rules(windows)
	if err != nil {
		return err
	}
	var named feature.Named
	if set != nil {
		named = feature.Named{Columns: set.Columns, Gated: set.Gated()}
		j.settings = append(j.settings, config.Setting{Name: rulesSetting, Value: fmt.Sprintf("%d rules, %s", len(set.Rules), set.Hash)})
		b.keepIDs = true
	}
	if b.profiles != "" {
		j.settings = append(j.settings, config.Setting{Name: "profiles", Value: b.profiles})
	}
	j.hash, j.notes = config.Hash(j.settings), notes
	j.arrow = b.cfg.ArrowFiles
	plan, err := feature.CompileRules(b.families(), windows, b.cfg.Features, named)
	if err != nil {
		return err
	}
	j.config = b.engineConfig(plan)
	j.config.Rules = set
	j.webhook, err = b.webhook()
	return err
}

// windows are the configured windows.
func (b *builder) windows() (all []window.Spec, err error) {
	for _, text := range b.cfg.Windows {
		w, err := window.ParseSpec(text)
		if err != nil {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

// engineConfig is the configuration as the engine knows it, without inputs and
// sinks.
func (b *builder) engineConfig(plan *feature.Plan) engine.Config {
	workers := b.cfg.Workers
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	return engine.Config{
		Families: b.families, Plan: plan,
		Zone: b.rhythm.Zone, Lateness: time.Duration(b.cfg.Lateness),
		EmitEvery: b.cfg.EmitEvery, EmitAll: b.cfg.EmitScope == "all",
		Retain: time.Duration(b.cfg.Retain), MaxContacts: b.cfg.MaxContacts, MaxBuffer: b.cfg.MaxBuffer,
		Outsiders: map[string]shard.Outsiders{"keep": shard.Keep, "rules": shard.Rules, "drop": shard.Drop}[b.cfg.Outsiders],
		HomeKnown: !b.cfg.HomeNumbers.Empty() || len(b.cfg.HomePLMNs) > 0,
		Silence:   time.Duration(b.cfg.Silence),
		Workers:   workers, BlockSize: int(b.cfg.BlockSize),
	}
}

// openAlerts makes the sinks of alerts, if there are rules.
func (j *job) openAlerts(out string) error {
	if j.config.Rules == nil {
		return nil
	}
	files, err := parquet.NewAlerts(out, parquet.Options{Metadata: j.metadata()})
	if err != nil {
		return err
	}
	lines, err := jsonl.NewAlerts(out, jsonl.Options{})
	if err != nil {
		return err
	}
	j.config.Alerts = []engine.AlertOutput{{Name: "alerts", AlertSink: files}, {Name: "alerts_jsonl", AlertSink: lines}}
	j.sinks = append(j.sinks, files, lines)
	if j.webhook == nil {
		return nil
	}
	hook, err := webhook.New(filepath.Join(out, webhookDir), *j.webhook)
	if err != nil {
		return err
	}
	j.hook = hook
	j.config.Alerts = append(j.config.Alerts, engine.AlertOutput{Name: "webhook", AlertSink: hook})
	j.sinks = append(j.sinks, hook)
	return nil
}

// metadata is what every Parquet file of the job tells of it.
func (j *job) metadata() map[string]string {
	return map[string]string{
		"cdrstream.schema_version":     schemaVersion,
		"cdrstream.version":            version(),
		"cdrstream.configuration_hash": j.hash,
	}
}

// schemaVersion counts the changes to the fixed columns and the metadata of the
// feature files.
const schemaVersion = "1"

// open makes the sinks, in the directory out, and the engine.
func (j *job) open(out string) error {
	if err := j.openSinks(out); err != nil {
		return err
	}
	return j.start()
}

// start makes the engine.
func (j *job) start() (err error) {
	j.engine, err = engine.New(j.config)
	return err
}

func (j *job) openSinks(out string) error {
	features, err := parquet.New(out, j.config.Plan.Schema, parquet.Options{Metadata: j.metadata()})
	if err != nil {
		return err
	}
	rejects, err := jsonl.New(out, rejectsDir, jsonl.Options{})
	if err != nil {
		return err
	}
	late, err := jsonl.New(out, lateDir, jsonl.Options{})
	if err != nil {
		return err
	}
	if err := j.openAlerts(out); err != nil {
		return err
	}
	files, err := parquet.NewFiles(out, parquet.Options{Metadata: j.metadata()})
	if err != nil {
		return err
	}
	j.config.Features, j.config.Rejects, j.config.Late = features, rejects, late
	j.config.Register = &register{Files: files, inputs: j.inputs, unread: j.unread, copies: j.copies}
	j.sinks = append(j.sinks, features, rejects, late, files)
	if !j.arrow {
		return nil
	}
	arrow, err := arrowipc.New(out, j.config.Plan.Schema, arrowipc.Options{Metadata: j.metadata()})
	if err != nil {
		return err
	}
	j.config.MoreFeatures = append(j.config.MoreFeatures, engine.FeatureOutput{Name: "features_arrow", Sink: arrow})
	j.sinks = append(j.sinks, arrow)
	return nil
}
