// Plot draws the figures of bench/scale, two pictures side by side for each curve:
// records a second and the peak of memory.
//
//	go run ./bench/scale -json scale.json
//	go run ./plot -in scale.json -out ../scale.svg       # in bench/compare
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// curve is what is drawn of a curve of bench/scale.
type curve struct {
	Name, What string
	Points     []struct {
		X       float64
		Label   string
		Traffic struct{ Records int64 }
		Result  struct {
			Seconds float64
			Peak    int64
		}
	}
}

func main() {
	in := flag.String("in", "scale.json", "`file` of bench/scale")
	out := flag.String("out", "scale.svg", "`file` to draw")
	flag.Parse()
	if err := run(*in, *out); err != nil {
		fmt.Fprintln(os.Stderr, "plot:", err)
		os.Exit(1)
	}
}

func run(in, out string) error {
	data, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	var curves []curve
	if err := json.Unmarshal(data, &curves); err != nil {
		return fmt.Errorf("%s: %w", in, err)
	}
	var rows [][]*plot.Plot
	for _, c := range curves {
		if len(c.Points) < 3 { // no curve
			continue
		}
		row, err := c.draw()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return fmt.Errorf("%s: no curves", in)
	}
	return write(rows, out)
}

// draw makes the two pictures of a curve.
func (c *curve) draw() ([]*plot.Plot, error) {
	var speed, memory plotter.XYs
	for _, p := range c.Points {
		speed = append(speed, plotter.XY{X: p.X, Y: float64(p.Traffic.Records) / p.Result.Seconds / 1e6})
		memory = append(memory, plotter.XY{X: p.X, Y: float64(p.Result.Peak) / 1e9})
	}
	var out []*plot.Plot
	for _, y := range []struct {
		label string
		at    plotter.XYs
	}{{"million records/s", speed}, {"peak memory, GB", memory}} {
		p := plot.New()
		p.X.Label.Text, p.Y.Label.Text, p.Y.Min = c.What, y.label, 0
		if c.Points[len(c.Points)-1].X > 20*c.Points[0].X {
			p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, c.ticks()
		}
		line, points, err := plotter.NewLinePoints(y.at)
		if err != nil {
			return nil, err
		}
		p.Add(plotter.NewGrid(), line, points)
		p.Y.Max *= 1.08 // so that the highest point is not on the frame
		out = append(out, p)
	}
	return out, nil
}

// ticks are at the points.
func (c *curve) ticks() (t plot.ConstantTicks) {
	for _, p := range c.Points {
		t = append(t, plot.Tick{Value: p.X, Label: p.Label})
	}
	return t
}

func write(rows [][]*plot.Plot, out string) (err error) {
	const width, height = 8 * vg.Inch, 2.6 * vg.Inch
	canvas := vgsvg.New(width, height*vg.Length(len(rows)))
	tiles := draw.Tiles{Rows: len(rows), Cols: 2, PadX: vg.Points(12), PadY: vg.Points(12), PadTop: vg.Points(4), PadBottom: vg.Points(4), PadLeft: vg.Points(4), PadRight: vg.Points(8)}
	canvases := plot.Align(rows, tiles, draw.New(canvas))
	for i, row := range rows {
		for j, p := range row {
			p.Draw(canvases[i][j])
		}
	}
	f, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = canvas.WriteTo(f)
	return err
}
