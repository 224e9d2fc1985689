// The program of a thread that only works: what spawn.ts starts.

import { joinCrew } from "./join.js";

joinCrew();
