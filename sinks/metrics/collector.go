package metrics

import (
	"strings"

	"github.com/prometheus/client_golang/prometheus"
)

// family is one exported metric.
type family struct {
	name, help string
	kind       prometheus.ValueType
	labels     []string
	values     func(s *Snapshot, put put)
}

// put exports a value of a family, with a value for each of its labels.
type put func(value float64, labels ...string)

// collector exports the snapshots that read returns.
type collector struct {
	read     func() Snapshot
	families []family
	descs    []*prometheus.Desc // of the families
}

func newCollector(read func() Snapshot) *collector {
	c := &collector{read: read, families: families()}
	for _, f := range c.families {
		c.descs = append(c.descs, prometheus.NewDesc(namespace+"_"+f.name, f.help, f.labels, nil))
	}
	return c
}

// Describe is of prometheus.Collector.
func (c *collector) Describe(to chan<- *prometheus.Desc) {
	for _, d := range c.descs {
		to <- d
	}
}

// Collect is of prometheus.Collector.
func (c *collector) Collect(to chan<- prometheus.Metric) {
	s := c.read()
	for i, f := range c.families {
		f.values(&s, func(value float64, labels ...string) {
			for j := range labels { // a directory may have any bytes in its name, a label may not
				labels[j] = strings.ToValidUTF8(labels[j], "\uFFFD")
			}
			to <- prometheus.MustNewConstMetric(c.descs[i], f.kind, value, labels...)
		})
	}
}
