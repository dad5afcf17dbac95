// How Azure Resource Manager refuses: codes and texts as it answers everywhere in Azure, no activity id in the text.

/** A refusal of Resource Manager. */
export class ArmError extends Error {
  override readonly name = 'ArmError';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
    this.code = code;
  }
}

/**
 * The refusals. Their codes are listed at
 * https://learn.microsoft.com/en-us/azure/azure-resource-manager/troubleshooting/common-deployment-errors; the texts are
 * shortened and unproven, nothing of Resource Manager is among the recordings.
 */
export const armErrors = {
  noToken: () =>
    new ArmError(
      401,
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
    ),
  badToken: (cause: unknown) =>
    new ArmError(
      401,
      'InvalidAuthenticationToken',
      'The access token is invalid, expired or for another audience.',
      {
        cause,
      },
    ),
  noApiVersion: () =>
    new ArmError(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    ),
  badApiVersion: (version: string) =>
    new ArmError(400, 'InvalidApiVersionParameter', `The api-version '${version}' is invalid.`),
  noSubscription: (subscriptionId: string) =>
    new ArmError(404, 'SubscriptionNotFound', `The subscription '${subscriptionId}' could not be found.`),
  noResourceGroup: (resourceGroup: string) =>
    new ArmError(404, 'ResourceGroupNotFound', `Resource group '${resourceGroup}' could not be found.`),
  noResource: (name: string, resourceGroup: string) =>
    new ArmError(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.KeyVault/managedHSMs/${name}' under resource group '${resourceGroup}' was not found.`,
    ),
  noSuchPath: (path: string) => new ArmError(404, 'NotFound', `Not emulated: ${path}`),
  notAllowed: (objectId: string, id: string) =>
    new ArmError(
      403,
      'AuthorizationFailed',
      `The client '${objectId}' does not have authorization to perform action 'Microsoft.KeyVault/managedHSMs/read' over scope '${id}'.`,
    ),
} as const;
