package dev.triptych.gateway.access;

class KeysIT extends KeysContract {}
