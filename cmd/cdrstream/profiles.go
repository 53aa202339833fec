package main

import (
	"bufio"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cdrstream/cdrstream/engine/decode"
	"github.com/cdrstream/cdrstream/engine/decode/profile"
)

const profilesHelp = `A mapping profile describes a record format in YAML: how a record is cut (delimited,
fixed, json, ber or binary), and which column of the canonical record is made of what.

  cdrstream profiles list                           the formats there are
  cdrstream profiles print generic-csv > mine.yaml  a profile, to change
  cdrstream profiles check mine.yaml                is the file right?
  cdrstream inspect --profile mine.yaml FILE        what becomes of the records
  cdrstream replay --profile mine.yaml FILE

--profile adds the format of a file and chooses it. The key profiles of the
configuration adds the formats of several files, for --format, for sources[].format,
and for format auto where they have a section detect. A job belongs to the profiles
that it was begun with, as to the rest of its configuration.`

func newProfilesCommand(s streams) *cobra.Command {
	c := &cobra.Command{Use: "profiles", Short: "Record formats and mapping profiles: list, copy and check them", Long: profilesHelp}
	group(c)
	c.AddCommand(newProfilesListCommand(s), newProfilesPrintCommand(s), newProfilesCheckCommand(s))
	return c
}

func newProfilesListCommand(s streams) *cobra.Command {
	var format string
	c := &cobra.Command{
		Use:   "list",
		Short: "List the record formats and the built-in profiles",
		Long: `List the names that --format takes: the formats that have a decoder of their own and
the built-in profiles. Those of kind example are there to be copied alone. The
README tells more under Formats: versions, what is mapped of each, and what is not.`,
		Example: `  cdrstream profiles list
  cdrstream profiles list --output-format json`,
		Args: noArguments(),
	}
	addOutputFormat(c.Flags(), &format)
	c.RunE = func(*cobra.Command, []string) error {
		if err := checkOutputFormat(format); err != nil {
			return err
		}
		all := listFormats()
		if format == formatJSON {
			return writeJSON(s.out, all)
		}
		return showFormats(s.out, all)
	}
	return c
}

// listedFormat is a format as it is listed.
type listedFormat struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"` // decoder, example, or the kind of a profile
	About string `json:"about"`
}

func listFormats() (all []listedFormat) {
	read := map[string]bool{}
	for _, d := range decoders() {
		read[d.Name()] = true
		all = append(all, describeFormat(d))
	}
	for _, name := range profile.BuiltinNames() {
		if !read[name] {
			all = append(all, listedFormat{name, "example", profile.BuiltinAbout(name)})
		}
	}
	return all
}

// describeFormat says what a decoder reads.
func describeFormat(d decode.Decoder) listedFormat {
	if p, ok := d.(*profile.Decoder); ok {
		return listedFormat{p.Name(), p.Kind(), p.About()}
	}
	return listedFormat{d.Name(), "decoder", d.About()}
}

func showFormats(w io.Writer, all []listedFormat) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FORMAT\tKIND\tWHAT IT READS")
	for _, f := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Name, f.Kind, f.About)
	}
	return t.Flush()
}

func newProfilesPrintCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "print NAME",
		Short: "Write a built-in profile as a file, to copy and change",
		Long: `Write a built-in profile, with comments, to standard output. A copy takes another
name: before cdrstream reads with it.`,
		Example: `  cdrstream profiles print generic-csv > mine.yaml`,
		Args:    arguments(cobra.ExactArgs(1), "one NAME"),
		RunE: func(_ *cobra.Command, args []string) error {
			if text := profile.BuiltinText(args[0]); text != nil {
				_, err := s.out.Write(text)
				return err
			}
			f := formats{all: decoders()}
			if f.named(args[0]) != nil {
				return usagef("%s has a decoder of its own and no profile: profiles print generic-csv writes an example", args[0])
			}
			return usagef("unknown profile %q: %s", args[0], choice(args[0], profile.BuiltinNames()))
		},
	}
}

func newProfilesCheckCommand(s streams) *cobra.Command {
	return &cobra.Command{
		Use:   "check FILE...",
		Short: "Check mapping profiles",
		Long: `Check mapping profiles. A mistake is told with its place, file:line:column, on standard
error. Exit status: 0 all files are right, 2 one is not.`,
		Example: `  cdrstream profiles check mine.yaml`,
		Args:    arguments(cobra.MinimumNArgs(1), "one FILE or more"),
		RunE: func(_ *cobra.Command, args []string) error {
			out := bufio.NewWriter(s.out)
			return flush(out, checkProfiles(args, out, s.err))
		},
	}
}

// checkProfiles checks files. The last problem is returned, those before it are
// written to errs as it will be.
func checkProfiles(files []string, out, errs io.Writer) (last error) {
	for _, name := range files {
		d, _, err := readProfile(name)
		if err == nil {
			fmt.Fprintf(out, "%s: format %s, kind %s, ok\n", name, d.Name(), d.Kind())
			continue
		}
		for _, p := range problems(err) {
			if last != nil {
				fmt.Fprintf(errs, "cdrstream: %s\n", oneLine(last.Error()))
			}
			last = usage(p)
		}
	}
	return last
}
