# What the hooks share. Sourced, not run: `. "$(dirname "$0")/common.sh"`.
# azd puts every value of its environment, the outputs of the deployment among them, into the environment of a hook:
# https://learn.microsoft.com/azure/developer/azure-developer-cli/azd-extensibility

# Git Bash on Windows would turn /subscriptions/… into a path of its own.
export MSYS_NO_PATHCONV=1

# A line for whoever reads along. Standard output belongs to answers.
say() { printf '%s\n' "$*" >&2; }

# Ends the hook: what happened, then what to do, a line each.
die() {
  say "error: $1"
  shift
  for line in "$@"; do say "  $line"; done
  exit 1
}

# need NAME EXAMPLE: the value of the azd environment must be there.
need() {
  eval "value=\${$1:-}"
  [ -n "$value" ] || die "$1 is not set." "azd env set $1 $2"
}

# A run without a person: a pipeline, azd --no-prompt, or standard input that is no terminal. It never asks.
unattended() {
  case "${HSM_WARDEN_UNATTENDED:-}" in
    true | 1 | yes) return 0 ;;
    false | 0 | no) return 1 ;;
  esac
  case "${CI:-}${TF_BUILD:-}${GITHUB_ACTIONS:-}${AZD_NON_INTERACTIVE:-}" in *[Tt]rue* | *1*) return 0 ;; esac
  [ ! -t 0 ]
}

# The tools that a hook runs.
need_tools() {
  for tool in "$@"; do
    command -v "$tool" >/dev/null 2>&1 || die "$tool is not installed, or not on PATH." 'docs/deploy.md names the tools.'
  done
}
