#!/bin/sh
# `python -m storage` for the bot of change-bot.service: with its settings, as its user, in its folder. Run it as root.
exec systemd-run --quiet --pipe --wait --collect \
    --property=User=change-bot --property=DynamicUser=yes \
    --property=StateDirectory=change-bot --property=StateDirectoryMode=0700 \
    --property=WorkingDirectory=/var/lib/change-bot --property=UMask=0077 \
    --property=Environment=PYTHONPATH=/opt/change-bot \
    --property=Environment=CHANGE_SERVICES=/etc/change-bot/services.toml \
    --property=Environment=CHANGE_DATABASE_URL=sqlite+aiosqlite:////var/lib/change-bot/changes.db \
    --property=EnvironmentFile=/etc/change-bot/settings.env \
    /opt/change-bot/.venv/bin/python -m storage "$@"
