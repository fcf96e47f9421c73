"""How Pulssi runs: settings, embedded services, migrations and the command line."""
