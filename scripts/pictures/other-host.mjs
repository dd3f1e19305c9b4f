// This file is loaded before the program, to keep the machine's name out of the pictures.
import os from 'node:os';

os.hostname = () => 'till-1';
