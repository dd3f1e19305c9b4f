// The minimum work of a command that reads a balance.
import mysql from 'mysql2/promise';

const [url, id] = process.argv.slice(2);
const connection = await mysql.createConnection(url);
const [[user]] = await connection.query('SELECT id, name, balance FROM users WHERE id = ?', [id]);
console.log(JSON.stringify(user));
await connection.end();
