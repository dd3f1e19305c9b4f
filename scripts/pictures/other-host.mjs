// Loaded before the program: pictures must not show the name of the machine.
import os from 'node:os';

os.hostname = () => 'till-1';
