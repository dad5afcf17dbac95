# The hooks are POSIX scripts: docs/deploy.md#windows.
[Console]::Error.WriteLine('error: The hooks of HSM Warden need a POSIX shell. Nothing was changed.')
[Console]::Error.WriteLine('  Run azd in WSL (https://learn.microsoft.com/windows/wsl/install) or in Azure Cloud Shell (https://shell.azure.com).')
exit 1
