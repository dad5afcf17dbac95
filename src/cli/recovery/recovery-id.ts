/** The argument that names a recovery request. */
import { RecoveryId } from '../../features/recovery/model/record.ts';
import type { ArgumentSpec } from '../frame/command.ts';

export const ID_ARGUMENT: ArgumentSpec = {
  name: '<id>',
  description: 'the request, as recovery list shows it',
};
/** The value of {@link ID_ARGUMENT}. */
export const IdArgument = { id: RecoveryId };
