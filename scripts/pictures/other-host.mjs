// Loaded before the program: pictures are not to tell on which machine they were made.
import os from 'node:os';

os.hostname = () => 'till-1';
