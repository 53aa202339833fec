package main

import (
	"errors"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/cdrstream/cdrstream/cmd/cdrstream/internal/config"
)

const rootHelp = `cdrstream reads call-detail records, keeps sliding windows for every subscriber
and writes one feature vector per subscriber and period.

  cdrstream generate --out traffic.csv     make synthetic traffic to try it on
  cdrstream inspect traffic.csv            see how a file is understood
  cdrstream replay traffic.csv             write the feature vectors to out/
  cdrstream serve                          do that with records as they come
  cdrstream publish traffic.csv            feed it to cdrstream serve, through NATS

Exit status: 0 done; 1 failed while running; 2 bad usage or configuration,
nothing was read or written; 3 finished, but more records were rejected or late
than allowed; 4 stopped by a signal.`

func newRootCommand(s streams) *cobra.Command {
	root := &cobra.Command{
		Use:           "cdrstream",
		Short:         "Feature vectors from call-detail records",
		Long:          rootHelp,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	group(root)
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		newReplayCommand(s),
		newServeCommand(s),
		newPublishCommand(s),
		newGenerateCommand(),
		newInspectCommand(s),
		newReprocessCommand(s),
		newFeaturesCommand(s),
		newRulesCommand(s),
		newProfilesCommand(s),
		newCheckpointCommand(s),
		newVersionCommand(s),
	)
	setCompletion(root)
	return root
}

// group makes c a command that only has commands: without one it shows its
// help, an unknown one is an error with a suggestion.
func group(c *cobra.Command) {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		var names []string
		for _, sub := range c.Commands() {
			names = append(names, sub.Name())
		}
		if near := config.Nearest(args[0], names); near != "" {
			return usagef("unknown command %q: did you mean %s %s?", args[0], c.CommandPath(), near)
		}
		return usagef("unknown command %q: %s --help lists the commands", args[0], c.CommandPath())
	}
}

// arguments turns a complaint about the number of arguments into one about usage.
func arguments(check cobra.PositionalArgs, want string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usagef("%s takes %s, not %s: see %s --help", c.CommandPath(), want, plural(len(args), "argument"), c.CommandPath())
		}
		return nil
	}
}

// flagError makes what pflag says about a flag one line with a suggestion.
func flagError(c *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usagef("%s: see %s --help", oneLine(err.Error()), c.CommandPath())
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	name := unknown.GetSpecifiedName()
	if near := config.Nearest(name, names); near != "" && len(name) > 1 {
		return usagef("unknown flag --%s: did you mean --%s?", name, near)
	}
	return usagef("%s: %s --help lists the flags", oneLine(err.Error()), c.CommandPath())
}

// oneLine joins the lines of a message. Other control characters, of the names of files,
// say, are shown as escapes.
func oneLine(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), "; ") {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// noArguments is for commands that take none.
func noArguments() cobra.PositionalArgs { return arguments(cobra.NoArgs, "no arguments") }

// choice is "did you mean X?" if one of names is near, else all names.
func choice(name string, names []string) string {
	if near := config.Nearest(name, names); near != "" {
		return "did you mean " + near + "?"
	}
	return "write one of " + strings.Join(names, ", ")
}
