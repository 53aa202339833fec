package main

import "github.com/spf13/cobra"

const completionHelp = `Print a script that lets a shell complete cdrstream's commands and flags.

  bash        source <(cdrstream completion bash)
  zsh         cdrstream completion zsh > "${fpath[1]}/_cdrstream"
  fish        cdrstream completion fish | source
  powershell  cdrstream completion powershell | Out-String | Invoke-Expression

To have it in every new shell, write the script to where the shell looks for
completions, for example /etc/bash_completion.d/cdrstream.`

// setCompletion gives root cobra's completion command under our help text.
func setCompletion(root *cobra.Command) {
	root.InitDefaultCompletionCmd("completion") // adds the command
	for _, c := range root.Commands() {
		if c.Name() == "completion" {
			c.Short = "Print a completion script for a shell"
			c.Long = completionHelp
			group(c)
		}
	}
}
