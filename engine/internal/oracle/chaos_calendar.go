package oracle

import "time"

// calendar collects the instants that tests want to hit exactly: pane edges,
// midnights, day parts, clock changes; and the stretches without any traffic.
func (c *chaos) calendar() {
	from, to := c.o.Start, c.o.Start.AddDate(0, 0, c.o.Days)
	d := newDays(c.o.Zone)
	for day := d.of(from.UnixMilli()) + 1; day < d.of(to.UnixMilli()); day++ {
		midnight := d.start(day)
		c.special = append(c.special, midnight, midnight-1, midnight+1)
		for _, hour := range []int64{6, 7, 9, 12, 17, 18, 19} {
			edge := fromWall(int64(day)*86400+hour*3600, c.o.Zone) * 1000
			c.special = append(c.special, edge, edge-1)
		}
	}
	for t := from.In(c.o.Zone); ; {
		_, end := t.ZoneBounds()
		if end.IsZero() || !end.Before(to) {
			break
		}
		change := end.UnixMilli()
		for range c.o.Days { // as likely to be hit as midnights are
			c.special = append(c.special, change, change-1, change-1_800_000, change+1_800_000, change+5_400_000, change-5_400_000)
		}
		t = end
	}
	for range c.o.Days {
		t := c.o.Start.Add(time.Duration(c.Int64N(int64(c.o.Days)*86_400)) * time.Second)
		c.special = append(c.special, t.Truncate(5*time.Minute).UnixMilli(), t.Truncate(time.Hour).UnixMilli(), t.Truncate(time.Hour).UnixMilli()-1)
	}
	if c.o.Days >= 10 {
		hole := c.o.Start.AddDate(0, 0, 2+c.IntN(c.o.Days-7))
		c.holes = append(c.holes, [2]int64{hole.UnixMilli(), hole.AddDate(0, 0, 3).UnixMilli()})
	}
}

// instant is a time at which something happens, and never within a hole.
func (c *chaos) instant() int64 {
	for {
		t := c.o.Start.UnixMilli() + c.Int64N(int64(c.o.Days)*86_400)*1000
		switch c.IntN(10) {
		case 0, 1:
			t = c.special[c.IntN(len(c.special))]
		case 2:
			if c.last > 0 {
				// a tie, or as far behind as the lateness allows, or just beyond
				t = c.last - pick(c, 0, 0, 0, c.o.Lateness.Milliseconds(), c.o.Lateness.Milliseconds()+1)
			}
		case 3, 4, 5:
			t += c.Int64N(1000)
		}
		free := true
		for _, h := range c.holes {
			free = free && (t < h[0] || t >= h[1])
		}
		if free {
			return t
		}
	}
}
