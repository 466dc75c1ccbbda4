// Starts a strict target, tells where it listens, and waits to be killed.

import { startStrictTarget } from "../../src/strict-target";

void startStrictTarget().then(({ url }) => process.stdout.write(url));
