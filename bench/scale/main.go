package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/cdrstream/cdrstream/bench/report"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(scale(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// scale returns the exit code: 0 done, 1 failed or the bar is not met, 2 bad usage.
func scale(ctx context.Context, args []string, out, errs io.Writer) int {
	if len(args) == 2 && args[0] == childWord {
		return child(ctx, args[1], out, errs)
	}
	fs := flag.NewFlagSet("scale", flag.ContinueOnError)
	fs.SetOutput(errs)
	quick := fs.Bool("quick", false, "a tenth of the subscribers and records")
	only := fs.String("only", "", "`curves` to measure, of subscribers, records, windows, workers; default: all")
	ten := fs.Bool("ten", false, "with 10 million subscribers too: some 18 GB of memory")
	page := fs.String("page", "", "`page` between whose markers (scale) the tables go too")
	results := fs.String("json", "", "`file` for the figures, which bench/compare/plot draws")
	if err := fs.Parse(args); err != nil {
		return 2
	}
	all := curves(*ten)
	if *only != "" {
		names := strings.Split(*only, ",")
		all = slices.DeleteFunc(all, func(c *curve) bool { return !slices.Contains(names, c.Name) })
	}
	if fs.NArg() > 0 || len(all) == 0 {
		fmt.Fprintln(errs, "scale: no arguments, and at least one curve")
		return 2
	}
	if *quick {
		for _, c := range all {
			c.shrink(10)
		}
	}
	if err := measure(ctx, all, errs); err != nil {
		fmt.Fprintln(errs, "scale:", err)
		return 1
	}
	text := print(all)
	fmt.Fprint(out, text)
	if err := keep(all, text, *page, *results); err != nil {
		fmt.Fprintln(errs, "scale:", err)
		return 1
	}
	for _, c := range all {
		if why := c.missed(); why != "" {
			fmt.Fprintln(errs, "scale: not met:", why)
			return 1
		}
	}
	return 0
}

func measure(ctx context.Context, all []*curve, errs io.Writer) error {
	for _, c := range all {
		for i := range c.Points {
			p := &c.Points[i]
			fmt.Fprintf(errs, "%s: %s ...", c.Name, p.Label)
			if err := p.start(ctx); err != nil {
				fmt.Fprintln(errs)
				return fmt.Errorf("%s, %s: %w", c.Name, p.Label, err)
			}
			fmt.Fprintf(errs, " %.1f s\n", p.Result.Seconds)
		}
	}
	return nil
}

func print(all []*curve) string {
	var s strings.Builder
	fmt.Fprintf(&s, "Machine: %s.\n", report.Machine())
	for _, c := range all {
		fmt.Fprintf(&s, "\n%s\n\n%s", c.Title, c.table())
	}
	return s.String()
}

func keep(all []*curve, text, page, results string) error {
	if page != "" {
		if err := report.Replace(page, "scale", text); err != nil {
			return err
		}
	}
	if results == "" {
		return nil
	}
	data, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(results, append(data, '\n'), 0o644)
}
