package oracle

import "math"

// forget marks the legs whose peer is dropped later because the subscriber has
// more than limit peers at once: the one seen longest ago makes room. A peer
// not seen for span ms holds no room.
func forget(legs life, limit int, span int64) {
	seen := map[string]int64{} // peer -> event time it was last seen
	for i, l := range legs {
		if !l.contact() {
			continue
		}
		if len(seen) >= limit {
			letGo(seen, l.at-span)
		}
		if _, ok := seen[l.peer]; !ok && len(seen) >= limit {
			old := oldest(seen)
			delete(seen, old)
			for _, e := range legs[:i] {
				if e.peer == old && e.forgotten == math.MaxInt64 {
					e.forgotten = l.at
				}
			}
		}
		seen[l.peer] = l.at
	}
}

// letGo takes out the peers last seen before from.
func letGo(seen map[string]int64, from int64) {
	for peer, at := range seen {
		if at < from {
			delete(seen, peer)
		}
	}
}

// contact tells a leg whose other side counts as a contact.
func (l *leg) contact() bool { return l.peer != "" && (l.isVoice() || l.message()) }

// oldest is the peer seen longest ago, the smallest of several.
func oldest(seen map[string]int64) string {
	best := ""
	for peer, at := range seen {
		if best == "" || at < seen[best] || at == seen[best] && peer < best {
			best = peer
		}
	}
	return best
}
