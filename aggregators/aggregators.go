// Package aggregators lists the families of features, in the order of the
// catalogue. A new family is a folder beside the others and a line here.
package aggregators

import (
	"github.com/cdrstream/cdrstream/aggregators/activity"
	"github.com/cdrstream/cdrstream/aggregators/devices"
	"github.com/cdrstream/cdrstream/aggregators/money"
	"github.com/cdrstream/cdrstream/aggregators/peers"
	"github.com/cdrstream/cdrstream/aggregators/places"
	"github.com/cdrstream/cdrstream/aggregators/rhythm"
	"github.com/cdrstream/cdrstream/aggregators/volume"
	"github.com/cdrstream/cdrstream/engine/feature"
	"github.com/cdrstream/cdrstream/engine/numbering"
)

// Options are what the families need to know of the configuration.
type Options struct {
	Rhythm          rhythm.Options
	Numbers         *numbering.Plan
	HighValueMicros int64 // a call that costs as much is of high value
}

// All returns new instances of all families. They serve one goroutine.
func All(o Options) []feature.Family {
	return []feature.Family{
		activity.Family{},
		peers.New(o.Numbers),
		rhythm.New(o.Rhythm),
		places.Family{},
		devices.Family{},
		volume.Family{},
		money.New(o.HighValueMicros),
	}
}
