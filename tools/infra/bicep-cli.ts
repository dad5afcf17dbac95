/** Finds the Bicep CLI: on PATH, where `az bicep install` puts it, in this project's cache, or freshly restored from NuGet. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The version the snapshots were made with. */
const BICEP_VERSION = '0.49.2';

/** Ignored by git, like everything under node_modules. */
const CACHE = 'node_modules/.cache/bicep';
const PACKAGE = 'azure.bicep.commandline.linux-x64';

/** Path of a Bicep CLI that is there already; undefined when there is none. */
export function findBicep(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const candidates = [
    ...(environment.PATH ?? '').split(delimiter).map((folder) => join(folder, 'bicep')),
    join(homedir(), '.azure', 'bin', 'bicep'),
    cached(),
  ];
  return candidates.find((path) => existsSync(path));
}

/**
 * Restores the CLI from NuGet into the cache with `dotnet` and returns its path. Rejects, with what dotnet said, where
 * that cannot be done: there is no dotnet, no package source, or this is no x64 Linux.
 */
export async function restoreBicep(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('Bicep is restored on x64 Linux only; install it: https://aka.ms/bicep-install');
  }
  await mkdir(CACHE, { recursive: true });
  const project = join(CACHE, 'restore.csproj');
  await writeFile(
    project,
    `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>netstandard2.0</TargetFramework>
    <DisableImplicitFrameworkReferences>true</DisableImplicitFrameworkReferences>
  </PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="Azure.Bicep.CommandLine.linux-x64" Version="[${BICEP_VERSION}]" />
  </ItemGroup>
</Project>
`,
  );
  const run = spawnSync('dotnet', ['restore', project, '--packages', CACHE, '--verbosity', 'quiet'], {
    encoding: 'utf8',
  });
  if (run.error !== undefined || run.status !== 0) {
    throw new Error(`dotnet could not restore Bicep ${BICEP_VERSION}: ${run.error?.message ?? run.stdout}`);
  }
  // The package is a zip: it does not keep the right to execute.
  await chmod(cached(), 0o755);
  return cached();
}

function cached(): string {
  return join(CACHE, PACKAGE, BICEP_VERSION, 'tools', 'bicep');
}
