// This file is loaded before the program, to hide the machine's name from the pictures.
import os from 'node:os';

os.hostname = () => 'till-1';
